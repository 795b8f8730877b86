package com.amazonaws.services.lambda.runtime;

import lamina.runtime.FunctionLogger;

/** The logger for code that has no {@link Context} at hand. */
public final class LambdaRuntime {
    private static final LambdaLogger LOGGER = FunctionLogger.SHARED;

    private LambdaRuntime() {}

    public static LambdaLogger getLogger() {
        return LOGGER;
    }
}
