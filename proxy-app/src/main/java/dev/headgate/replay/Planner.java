package dev.headgate.replay;

import dev.headgate.profile.Binding;
import dev.headgate.profile.Guards;
import dev.headgate.profile.JsonValues;
import dev.headgate.profile.Learns;
import dev.headgate.profile.Unreadable;
import dev.headgate.replay.PlannedExchange.Lesson;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Finds out, exchange by exchange, which conversation each belongs to, what it waits for, and which new values it will
 * need. Confined to one thread.
 */
final class Planner {
    /** About what the tables may take, in bytes; some 50,000 conversations. */
    private static final long LARGEST_TABLE = 64 << 20;

    private final Endpoints endpoints;
    private final Filter filter;
    private final boolean remote;
    private final OldValues values = new OldValues(LARGEST_TABLE);

    private long count;

    /** Those that a create call has begun; two stand for any number. */
    private final Set<Conversation> begun = new LinkedHashSet<>(2);

    /**
     * @param remote whether the target is another machine, which gets no token out of the recording
     */
    Planner(Endpoints endpoints, Filter filter, boolean remote) {
        this.endpoints = endpoints;
        this.filter = filter;
        this.remote = remote;
    }

    /**
     * What is to be replayed because of this exchange, in this order: none where the filter leaves it out, several where
     * it needs create calls that were left out before.
     *
     * @throws Unsendable if it cannot be sent
     */
    List<PlannedExchange> plan(RecordedExchange exchange, RecordedRequest request) throws Unsendable {
        boolean wanted = filter.wants(exchange);
        Endpoints.Match match = endpoints.of(request.method(), request.target());
        Learns learns = match == null ? null : match.endpoint().learns();
        boolean create = learns != null && isSuccess(exchange);
        if (!wanted && !create) {
            return List.of();
        }
        register(request, match);
        PlannedExchange planned =
                new PlannedExchange(++count, exchange, RequestTemplate.of(exchange, request, values, remote), wanted);
        Set<Conversation> touched = planned.conversations;
        for (OldValue value : planned.values) {
            planned.waitsFor.add(value.settled);
            if (value.isToken() && value.conversation == null && value.origin == null) {
                value.conversation = new Conversation();
            }
            if (value.conversation != null) {
                touched.add(value.conversation);
            }
        }
        attach(planned, request, match);
        if (learns != null && create) {
            teach(planned, learns);
        }
        for (Conversation conversation : touched) {
            planned.waitsFor.add(conversation.tail);
            conversation.tail = planned.done;
        }
        planned.waitsFor.removeIf(CompletableFuture::isDone);
        if (!wanted) {
            touched.iterator().next().heldBack.add(planned);
            return List.of();
        }
        List<PlannedExchange> all = new ArrayList<>(1);
        release(planned, all);
        all.sort(Comparator.comparingLong(one -> one.number));
        return all;
    }

    /** Takes an exchange, and before it the create calls that were held back until something needs them. */
    private static void release(PlannedExchange planned, List<PlannedExchange> all) {
        Set<Conversation> needed = new LinkedHashSet<>(planned.conversations);
        for (OldValue value : planned.values) {
            if (value.origin != null) {
                needed.add(value.origin);
            }
        }
        for (Conversation conversation : needed) {
            if (!conversation.heldBack.isEmpty()) {
                List<PlannedExchange> held = List.copyOf(conversation.heldBack);
                conversation.heldBack.clear();
                held.forEach(one -> release(one, all));
            }
        }
        all.add(planned);
    }

    private static boolean isSuccess(RecordedExchange exchange) {
        RecordedResponse response = exchange.response();
        return response != null && response.status() / 100 == 2;
    }

    /** Tokens that nothing in the recording has issued are kept too: what is sent with one stays in its order. */
    private void register(RecordedRequest request, Endpoints.@Nullable Match match) {
        for (RecordedField field : request.fields()) {
            if (field.name().equalsIgnoreCase("authorization")) {
                register(Authorization.token(field.value()));
                if (remote) {
                    registerWords(field.value());
                }
            }
        }
        String variable = match == null ? null : match.endpoint().tokenVariable();
        if (match != null && variable != null) {
            register(match.endpoint().path().value(variable, match.path()));
        }
    }

    /** Whatever stands behind the scheme may be a token, in however many words. */
    private void registerWords(String authorization) {
        String[] words = authorization.split("[ \t]+");
        for (int i = 1; i < words.length && !Authorization.isPlaceholder(authorization); i++) {
            register(words[i]);
        }
    }

    private void register(@Nullable String token) {
        if (token == null
                || token.length() < OldValues.SHORTEST
                || Placeholder.is(token)
                || values.find(token) != null) {
            return;
        }
        OldValue unknown = values.of(token, true);
        if (!remote) {
            unknown.learn(token);
        }
    }

    /** Gives a request its token again that whoever made the recording has left out. */
    private void attach(PlannedExchange planned, RecordedRequest request, Endpoints.@Nullable Match match) {
        RecordedExchange exchange = planned.recorded;
        Guards guards = match == null ? null : match.endpoint().guards();
        String authorization = request.value("authorization");
        boolean missing = authorization == null || Authorization.isPlaceholder(authorization);
        if (!exchange.sanitized()
                || guards == null
                || !guards.authorization()
                || guards.tokenVariable() != null
                || !missing
                || !isSuccess(exchange)) {
            return;
        }
        Set<Conversation> candidates = planned.conversations.isEmpty() ? begun : planned.conversations;
        Conversation only = candidates.size() == 1 ? candidates.iterator().next() : null;
        if (only == null || only.token == null) {
            planned.notes.add("its token is missing in the recording, and nothing tells which one it had");
            return;
        }
        planned.attached = only.token;
        planned.waitsFor.add(only.token.settled);
        planned.notes.add("attached the session's token");
        planned.conversations.add(only);
    }

    /** What the recorded answer has, and the replayed one will have anew. */
    private void teach(PlannedExchange planned, Learns learns) {
        Set<Conversation> touched = planned.conversations;
        Conversation conversation =
                touched.isEmpty() ? new Conversation() : touched.iterator().next();
        touched.add(conversation);
        if (begun.size() < 2) {
            begun.add(conversation);
        }
        JsonValues answer = answer(planned.recorded, learns);
        List<Lesson> lessons = new ArrayList<>();
        String token = answer == null ? null : answer.first(learns.token());
        boolean told = token != null && token.length() >= OldValues.SHORTEST && !Authorization.isPlaceholder(token);
        OldValue issued = told && token != null ? values.of(token, true) : new OldValue("", true);
        own(issued, conversation, planned);
        conversation.token = issued;
        lessons.add(new Lesson(learns.token(), issued));
        for (Map.Entry<Binding, List<String>> entry : learns.ids().entrySet()) {
            String id = answer == null ? null : answer.first(entry.getValue());
            if (id != null && id.length() >= OldValues.SHORTEST) {
                OldValue old = values.of(id, false);
                own(old, conversation, planned);
                if (entry.getKey() == Binding.DIVISION) {
                    old.conversation = null;
                }
                lessons.add(new Lesson(entry.getValue(), old));
            }
        }
        planned.learns = learns;
        planned.lessons = lessons;
    }

    /** What two conversations are told is nobody's own, and keeps neither waiting for the other. */
    private static void own(OldValue value, Conversation conversation, PlannedExchange create) {
        if (value.origin == null) {
            value.origin = conversation;
            value.conversation = conversation;
            value.settled = create.done;
        } else if (value.origin != conversation) {
            value.conversation = null;
        }
    }

    private static @Nullable JsonValues answer(RecordedExchange exchange, Learns learns) {
        RecordedResponse response = exchange.response();
        if (response == null || response.body().bytes().length == 0) {
            return null;
        }
        byte[] body = response.body().bytes();
        try {
            return learns.answer().read(body, body.length);
        } catch (Unreadable e) {
            return null;
        }
    }

    /** Whether it asks for another protocol, which a plain request cannot replay. */
    static boolean isUpgrade(RecordedExchange exchange, RecordedRequest request) {
        RecordedResponse response = exchange.response();
        String upgrade = request.value("upgrade");
        boolean webSocket = upgrade != null && upgrade.toLowerCase(Locale.ROOT).contains("websocket");
        return webSocket || response != null && response.status() == 101;
    }
}
