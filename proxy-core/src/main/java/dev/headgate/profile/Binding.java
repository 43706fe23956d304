package dev.headgate.profile;

/** What a token can be bound to. */
public enum Binding {
    GUEST,
    CONVERSATION,
    CHAT,
    DIVISION,
    MEMBER
}
