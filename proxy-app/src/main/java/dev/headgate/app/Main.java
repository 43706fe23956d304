package dev.headgate.app;

/** The entry point of {@code headgate}. */
public final class Main {
    private Main() {}

    public static void main(String[] args) {}
}
