package com.amazonaws.services.lambda.runtime.logging;

/** How a function's log is written (AWS_LAMBDA_LOG_FORMAT). */
public enum LogFormat {
    JSON,
    TEXT;

    public static LogFormat fromString(String name) {
        return name != null && name.equalsIgnoreCase("JSON") ? JSON : TEXT;
    }
}
