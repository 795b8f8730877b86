package lamina.runtime;

/** A function, ready to be called. */
interface Handler {
    /**
     * Answers an event.
     *
     * @return the answer's bytes
     * @throws Failure where the function cannot be run; whatever else, the function's code threw
     */
    byte[] call(byte[] event, InvocationContext context) throws Throwable;

    /** A function that cannot be run: each invocation tells why. */
    final class Broken implements Handler {
        final Failure failure;

        Broken(Failure failure) {
            this.failure = failure;
        }

        @Override
        public byte[] call(byte[] event, InvocationContext context) throws Failure {
            throw failure;
        }
    }
}
