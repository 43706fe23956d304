package dev.headgate.config;

import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.api.lowlevel.Parse;
import org.snakeyaml.engine.v2.events.AliasEvent;
import org.snakeyaml.engine.v2.events.CollectionStartEvent;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.events.ScalarEvent;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.ReaderException;
import org.snakeyaml.engine.v2.nodes.Node;

/**
 * Text to YAML nodes with their places. The events are looked at before any node is made, so that neither an alias bomb
 * nor a deep nest is ever built.
 */
final class YamlText {
    private static final int DEEPEST = 32;

    private final String text;
    private final Problems problems;
    private Place reached = Place.START;

    YamlText(String text, Problems problems) {
        this.text = text;
        this.problems = problems;
    }

    /** The root of the only document, or null when there is none or a problem was reported. */
    @Nullable
    Node compose() {
        // A key of several parts is for the tree to report, with its place; the composer's own error has none.
        LoadSettings settings =
                LoadSettings.builder().setAllowNonScalarKeys(true).build();
        try {
            checkEvents(new Parse(settings).parseString(text));
            if (problems.isEmpty()) {
                return new Compose(settings).composeString(text).orElse(null);
            }
        } catch (MarkedYamlEngineException e) {
            problems.report(Place.of(e.getProblemMark()), "", describe(e));
        } catch (ReaderException e) {
            int index = text.offsetByCodePoints(0, Math.min(e.getPosition(), text.codePointCount(0, text.length())));
            problems.report(
                    Place.after(text.substring(0, index)),
                    "",
                    String.format("the character U+%04X (expected: printable text)", e.getCodePoint()));
        } catch (RuntimeException e) {
            // The scanner also throws, for one, NumberFormatException at an escape of eight hexadecimal digits that
            // overflows.
            problems.report(reached, "", "not valid YAML, here or in what follows");
        }
        return null;
    }

    private void checkEvents(Iterable<Event> events) {
        int depth = 0;
        int documents = 0;
        for (Event event : events) {
            Place place = Place.of(event.getStartMark());
            reached = place;
            switch (event.getEventId()) {
                case DocumentStart -> {
                    if (++documents == 2) {
                        problems.report(place, "", "a second document (expected: one)");
                    }
                }
                case MappingStart, SequenceStart -> {
                    checkTag(((CollectionStartEvent) event).getTag(), place);
                    if (++depth > DEEPEST) {
                        problems.report(place, "", "nested too deep (expected: at most " + DEEPEST + " levels)");
                        return;
                    }
                }
                case MappingEnd, SequenceEnd -> depth--;
                case Scalar -> checkTag(((ScalarEvent) event).getTag(), place);
                case Alias ->
                    problems.report(
                            place,
                            "",
                            "the alias "
                                    + Quoted.of("*"
                                            + ((AliasEvent) event).getAlias().getValue())
                                    + " (expected: the value itself; aliases are not supported)");
                default -> {}
            }
        }
    }

    private void checkTag(Optional<String> tag, Place place) {
        tag.ifPresent(t -> problems.report(place, "", "the tag " + Quoted.of(t) + " (expected: no tag)"));
    }

    private String describe(MarkedYamlEngineException e) {
        if (e.getProblemMark().isPresent()) {
            int at = text.offsetByCodePoints(
                    0, Math.min(e.getProblemMark().get().getIndex(), text.codePointCount(0, text.length())));
            if (text.startsWith("${", at - 1)) {
                return "${ in braces or brackets (expected: quotes around it, such as \"${NAME}\")";
            }
            if (at < text.length() && text.charAt(at) == '\t') {
                return "a tab (expected: spaces; YAML allows no tabs for indentation)";
            }
        }
        String context = e.getContext();
        return "not valid YAML: " + (context == null ? "" : context + ", ") + e.getProblem();
    }
}
