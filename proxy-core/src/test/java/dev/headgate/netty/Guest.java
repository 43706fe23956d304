package dev.headgate.netty;

/** One guest as the API knows it. */
record Guest(String token, String guestId, String conversationId, String chatId, String divisionId) {
    /** The field that its client sends. */
    String bearer() {
        return "Authorization: Bearer " + token;
    }

    /** A message's body, all of its ids right. */
    String message() {
        return "{\"guestId\":\"" + guestId + "\",\"conversationId\":\"" + conversationId + "\",\"webChatSessionId\":\""
                + chatId + "\",\"divisionId\":\"" + divisionId + "\",\"text\":\"hello\"}";
    }
}
