package com.amazonaws.services.lambda.runtime;

/** What a function can learn of its invocation and its environment. */
public interface Context {
    String getAwsRequestId();

    String getLogGroupName();

    String getLogStreamName();

    String getFunctionName();

    String getFunctionVersion();

    String getInvokedFunctionArn();

    /** Null unless a mobile application invoked the function. */
    CognitoIdentity getIdentity();

    /** Null where the caller gave none. */
    ClientContext getClientContext();

    /** Milliseconds until the invocation times out; never negative. */
    int getRemainingTimeInMillis();

    int getMemoryLimitInMB();

    LambdaLogger getLogger();

    default String getTenantId() {
        return null;
    }

    default String getXrayTraceId() {
        return null;
    }
}
