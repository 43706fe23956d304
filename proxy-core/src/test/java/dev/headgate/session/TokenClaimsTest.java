package dev.headgate.session;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headgate.profile.Binding;
import dev.headgate.profile.BuiltInProfiles;
import dev.headgate.profile.ClaimPlaces;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** In the payloads, a single quote stands for JSON's double one. */
class TokenClaimsTest {
    private static final ClaimPlaces PLACES = BuiltInProfiles.WEBCHAT_V2.claims();
    private static final String PAYLOAD = "{'exp':1700000000,'org':'o-1','data':{'conv':'c-1','sub':'m-1'}}";

    @Test
    void readsWhatTheProfileAsksFor() {
        assertThat(of(jwt(PAYLOAD)))
                .isEqualTo(new TokenClaims(
                        1_700_000_000_000L, "o-1", Map.of(Binding.CONVERSATION, "c-1", Binding.MEMBER, "m-1")));
        assertThat(of(jwt("{'org':'o-1','data':null}"))).isEqualTo(new TokenClaims(Long.MAX_VALUE, "o-1", Map.of()));
        assertThat(of(jwt("{}"))).isEqualTo(TokenClaims.NONE);
    }

    @Test
    void readsOnlyWhatTheProfileAsksFor() {
        byte[] token = jwt(PAYLOAD).getBytes(StandardCharsets.UTF_8);
        assertThat(TokenClaims.of(token, 0, token.length, ClaimPlaces.NONE)).isEqualTo(TokenClaims.NONE);
        assertThat(TokenClaims.of(token, 0, token.length, new ClaimPlaces(null, "/org", Map.of())))
                .isEqualTo(new TokenClaims(Long.MAX_VALUE, "o-1", Map.of()));
    }

    @Test
    void readsOnlyTheRange() {
        byte[] text = ("Bearer " + jwt(PAYLOAD) + ".more").getBytes(StandardCharsets.UTF_8);
        assertThat(TokenClaims.of(text, 7, text.length - 5, PLACES).organization())
                .isEqualTo("o-1");
        assertThat(TokenClaims.of(text, 7, text.length, PLACES))
                .as("four parts")
                .isEqualTo(TokenClaims.NONE);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                ".",
                "..",
                "...",
                "opaque",
                "a.%",
                "%",
                "%.s",
                "h.%.s.t",
                "h.k.i.%.t",
                "h.%.i.c.t",
                "h.%!.s",
                "h.!%.s",
                "h. %.s",
                "h.%==.s",
                "h.x%.s"
            })
    void opaqueAndEncryptedTokensTellNothing(String token) {
        String payload = base64(PAYLOAD.replace("o-1", "o-12"));
        assertThat(of(token.replace("%", payload))).as(token).isEqualTo(TokenClaims.NONE);
    }

    @Test
    void takesTheEmptySignatureOfAnUnsecuredToken() {
        assertThat(of("." + base64(PAYLOAD) + ".").organization()).isEqualTo("o-1");
    }

    @Test
    void takesPaddingOnlyWhereItFits() {
        for (String org : new String[] {"o", "oo", "ooo"}) {
            byte[] payload = ("{\"org\":\"" + org + "\"}").getBytes(StandardCharsets.UTF_8);
            String padded = Base64.getUrlEncoder().encodeToString(payload);
            assertThat(of("h." + padded + ".s").organization()).as(padded).isEqualTo(org);
            assertThat(of("h." + padded + "=.s")).as("one more").isEqualTo(TokenClaims.NONE);
        }
    }

    @Test
    void takesTheUrlAlphabetAndNotTheOther() {
        String payload = "{\"org\":\"\u00bf\u00ff~~>>>???\"}";
        byte[] bytes = payload.getBytes(StandardCharsets.UTF_8);
        String url = Base64.getUrlEncoder().encodeToString(bytes);
        String plain = Base64.getEncoder().encodeToString(bytes);
        assertThat(url).isNotEqualTo(plain);
        assertThat(of("h." + url + ".s").organization()).isEqualTo("\u00bf\u00ff~~>>>???");
        assertThat(of("h." + plain + ".s")).isEqualTo(TokenClaims.NONE);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "text",
                "[]",
                "['exp',1700000000]",
                "17",
                "{'exp':1700000000",
                "{'exp':1700000000}{}",
                "{'exp':1700000000,'exp':1700000001}",
                "{'exp':1700000000,'org':{}}",
                "{'exp':1700000000,'org':'\\ud800'}"
            })
    void whatIsNoReadableObjectTellsNothing(String payload) {
        assertThat(of(jwt(payload))).as(payload).isEqualTo(TokenClaims.NONE);
    }

    @Test
    void otherEncodingsTellNothing() {
        for (var charset : new java.nio.charset.Charset[] {
            StandardCharsets.UTF_16, StandardCharsets.UTF_16LE, StandardCharsets.ISO_8859_1
        }) {
            byte[] payload = "{\"org\":\"\u00e9\"}".getBytes(charset);
            assertThat(of("h." + Base64.getUrlEncoder().withoutPadding().encodeToString(payload) + ".s"))
                    .as(charset.name())
                    .isEqualTo(TokenClaims.NONE);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "1700000000, 1700000000000",
        "1700000000.5, 1700000000500",
        "1.7e9, 1700000000000",
        "'1700000000', 1700000000000",
        "0, 0",
        "0.0004, 0",
        "253402300799, 253402300799000",
        // Not dates: they tell no end, and so refuse nothing.
        "-1, max",
        "-0.001, max",
        "253402300800, max",
        "1e300, max",
        "1e9999, max",
        "99999999999999999999999999, max",
        "1700000000000, max",
        "'NaN', max",
        "'Infinity', max",
        "'-Infinity', max",
        "'tomorrow', max",
        "'', max",
        "null, max",
        "true, max",
        "[], max",
    })
    void readsTheEndOfItsLifetime(String exp, String millis) {
        String json = exp.matches("[-A-Z a-z]*") && !exp.matches("true|null") ? "'" + exp + "'" : exp;
        for (String form : exp.matches("[0-9.]+") ? new String[] {json, "'" + json + "'"} : new String[] {json}) {
            TokenClaims claims = of(jwt("{'exp':" + form + ",'org':'o-1'}"));
            assertThat(claims.expiresAt())
                    .as("exp: %s", form)
                    .isEqualTo(millis.equals("max") ? Long.MAX_VALUE : Long.parseLong(millis));
            assertThat(claims.organization()).as("the rest, with exp: %s", form).isEqualTo("o-1");
        }
    }

    @Test
    void aBareNaNIsNoJson() {
        assertThat(of(jwt("{'exp':NaN,'org':'o-1'}"))).isEqualTo(TokenClaims.NONE);
    }

    @Test
    void keepsNoIdsBeyondReason() {
        String longest = "i".repeat(256);
        assertThat(of(jwt("{'org':'" + longest + "','data':{'conv':'" + longest + "'}}")))
                .isEqualTo(new TokenClaims(Long.MAX_VALUE, longest, Map.of(Binding.CONVERSATION, longest)));
        assertThat(of(jwt("{'org':'" + longest + "i','data':{'conv':'" + longest + "i','sub':'m'}}")))
                .isEqualTo(new TokenClaims(Long.MAX_VALUE, null, Map.of(Binding.MEMBER, "m")));
    }

    private static TokenClaims of(String token) {
        byte[] bytes = token.getBytes(StandardCharsets.UTF_8);
        return TokenClaims.of(bytes, 0, bytes.length, PLACES);
    }

    private static String jwt(String payload) {
        return "h." + base64(payload) + ".s";
    }

    private static String base64(String payload) {
        byte[] bytes = payload.replace('\'', '"').getBytes(StandardCharsets.UTF_8);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }
}
