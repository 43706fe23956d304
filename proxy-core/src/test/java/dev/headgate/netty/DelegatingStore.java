package dev.headgate.netty;

import dev.headgate.profile.Binding;
import dev.headgate.session.Ending;
import dev.headgate.session.Session;
import dev.headgate.session.SessionCounts;
import dev.headgate.session.SessionStore;
import dev.headgate.session.TokenFingerprint;
import java.util.List;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** A store that does what another one does, for tests to override parts of it. */
abstract class DelegatingStore implements SessionStore {
    private final SessionStore store;

    DelegatingStore(SessionStore store) {
        this.store = store;
    }

    @Override
    public CompletionStage<@Nullable Session> find(TokenFingerprint fingerprint) {
        return store.find(fingerprint);
    }

    @Override
    public CompletionStage<List<Session>> find(String profile, Binding binding, String id) {
        return store.find(profile, binding, id);
    }

    @Override
    public CompletionStage<@Nullable Void> put(Session session) {
        return store.put(session);
    }

    @Override
    public CompletionStage<@Nullable Void> bind(Session seen) {
        return store.bind(seen);
    }

    @Override
    public CompletionStage<Boolean> end(TokenFingerprint fingerprint, Ending ending) {
        return store.end(fingerprint, ending);
    }

    @Override
    public CompletionStage<Integer> end(String profile, Binding binding, String id, Ending ending) {
        return store.end(profile, binding, id, ending);
    }

    @Override
    public CompletionStage<SessionCounts> counts() {
        return store.counts();
    }
}
