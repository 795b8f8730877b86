package lamina.runtime;

import com.amazonaws.services.lambda.runtime.Client;
import com.amazonaws.services.lambda.runtime.ClientContext;
import com.amazonaws.services.lambda.runtime.CognitoIdentity;
import java.util.LinkedHashMap;
import java.util.Map;

/** What AWS's SDKs for mobile applications send along. */
final class MobileContext {
    private final Map<?, ?> context;
    private final Map<?, ?> identity;

    /** Either JSON may be null. */
    MobileContext(String context, String identity) throws JsonException {
        this.context = object(context);
        this.identity = object(identity);
    }

    ClientContext context() {
        return context == null ? null : new Told();
    }

    CognitoIdentity identity() {
        if (identity == null) return null;
        return new CognitoIdentity() {
            @Override
            public String getIdentityId() {
                return text(identity, "cognitoIdentityId");
            }

            @Override
            public String getIdentityPoolId() {
                return text(identity, "cognitoIdentityPoolId");
            }
        };
    }

    private static Map<?, ?> object(String json) throws JsonException {
        Object value = json == null ? null : JsonReader.read(json);
        return value instanceof Map ? (Map<?, ?>) value : null;
    }

    private static String text(Map<?, ?> members, String name) {
        Object value = members.get(name);
        return value == null ? null : value.toString();
    }

    /** Null where the context has no such member. */
    private Map<String, String> texts(String name) {
        if (!(context.get(name) instanceof Map)) return null;
        Map<String, String> texts = new LinkedHashMap<>();
        for (Map.Entry<?, ?> entry : ((Map<?, ?>) context.get(name)).entrySet())
            texts.put((String) entry.getKey(), entry.getValue() == null ? null : entry.getValue().toString());
        return texts;
    }

    private final class Told implements ClientContext {
        private final Map<String, String> custom = texts("custom");

        @Override
        public Client getClient() {
            return context.get("client") instanceof Map ? new Application((Map<?, ?>) context.get("client")) : null;
        }

        @Override
        public Map<String, String> getCustom() {
            return custom;
        }

        @Override
        public Map<String, String> getEnvironment() {
            return texts("env");
        }
    }

    private static final class Application implements Client {
        private final Map<?, ?> members;

        Application(Map<?, ?> members) {
            this.members = members;
        }

        @Override
        public String getInstallationId() {
            return text(members, "installation_id");
        }

        @Override
        public String getAppTitle() {
            return text(members, "app_title");
        }

        @Override
        public String getAppVersionName() {
            return text(members, "app_version_name");
        }

        @Override
        public String getAppVersionCode() {
            return text(members, "app_version_code");
        }

        @Override
        public String getAppPackageName() {
            return text(members, "app_package_name");
        }
    }
}
