package dev.headgate.profile;

/** What a token can be bound to, in the order in which a mismatch is named: the guest explains all the others. */
public enum Binding {
    GUEST,
    CONVERSATION,
    CHAT,
    DIVISION,
    MEMBER
}
