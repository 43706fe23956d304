package dev.headgate.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FieldNameTest {
    @ParameterizedTest
    @ValueSource(strings = {"", " ", "a b", "a:", "a\r\n", "\u00e9", "\u212a", "a\0"})
    void isAToken(String name) {
        assertThatThrownBy(() -> FieldName.of(name)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void matchesInAnyCase() {
        byte[] line = Samples.bytes("xX-rEQUEST-iD:");
        FieldName name = FieldName.of("X-Request-Id");
        assertThat(name.matches(line, 1, 13)).isTrue();
        assertThat(name.matches(line, 0, 13)).isFalse();
        assertThat(name.matches(line, 1, 12)).isFalse();
        assertThat(name.matches("x-request-id")).isTrue();
        assertThat(name).hasToString("X-Request-Id");
    }

    @ParameterizedTest
    @CsvSource({
        "X_Genesys_Cloud_Id, true",
        "x.genesys-cloud-id, true",
        "X-Genesys_Cloud.ID, true",
        "X-Genesys-Cloud-Id, false",
        "X_Genesys_Cloud_Ix, false",
        "XxGenesys-Cloud-Id, false",
        "X_Genesys_Cloud, false",
    })
    void knowsItsAliases(String other, boolean alias) {
        byte[] bytes = Samples.bytes(other);
        assertThat(FieldName.of("X-Genesys-Cloud-Id").isAliasedBy(bytes, 0, bytes.length))
                .isEqualTo(alias);
    }
}
