package dev.headgate.gate;

import java.util.List;

/**
 * The rules in their order, by what they need to know.
 *
 * @param head those that need the head alone
 * @param session those that also need the session of its token, for endpoints that are guarded
 * @param content those that also need what is in its path, query and body: ids, or what a create request lacks
 */
public record CheckList(List<Check> head, List<Check> session, List<Check> content) {}
