package dev.headgate.gate;

import java.util.List;

/**
 * The rules in their order, by what they need to know.
 *
 * @param head those that need the head alone
 * @param session those that also need the session of its token, for endpoints that are guarded
 * @param ids those that also need the ids in its query and body
 */
public record CheckList(List<Check> head, List<Check> session, List<Check> ids) {}
