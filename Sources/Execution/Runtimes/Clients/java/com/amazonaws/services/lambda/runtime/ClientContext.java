package com.amazonaws.services.lambda.runtime;

import java.util.Map;

/** What an invocation's caller told in ClientContext. */
public interface ClientContext {
    Client getClient();

    /** The caller's own values. */
    Map<String, String> getCustom();

    Map<String, String> getEnvironment();
}
