import com.fasterxml.jackson.databind.*;
import java.io.*;
import java.lang.reflect.*;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.*;
import java.time.format.DateTimeFormatter;
import java.util.*;
import java.util.concurrent.*;
import software.amazon.awssdk.auth.credentials.*;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.*;
import software.amazon.awssdk.core.interceptor.*;
import software.amazon.awssdk.core.util.*;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.retries.api.BackoffStrategy;
import software.amazon.awssdk.services.cleanrooms.CleanRoomsClient;

/** An adapter that tests the AWS SDK for Java 2.x with crcheck's conformance suite. See docs/protocol.md. */
public class Adapter {
    static final ObjectMapper JSON = new ObjectMapper();
    static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSS'Z'").withZone(ZoneOffset.UTC);
    static final PrintStream OUT = new PrintStream(new FileOutputStream(FileDescriptor.out), true, StandardCharsets.UTF_8);

    public static void main(String[] args) throws Exception {
        System.setOut(System.err); // standard output carries only messages, even if a library prints
        ExecutorService pool = Executors.newFixedThreadPool(16);
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        String operation = "";
        for (String line; (line = in.readLine()) != null; ) {
            JsonNode message = JSON.readTree(line);
            if (message.path("type").asText().equals("hello")) {
                if (message.path("protocol").asInt() != 1) throw new IllegalStateException("not protocol 1: " + line);
                operation = message.path("operation").asText().replaceFirst(".*\\.", "");
                say(Map.of("type", "hello", "protocol", 1, "reports", "output", "concurrency", 16, "client",
                        Map.of("name", "aws-sdk-java-v2", "version", VersionInfo.SDK_VERSION, "language", "java")));
            } else if (message.path("type").asText().equals("call")) {
                String name = operation;
                pool.execute(() -> say(answer(name, message)));
            }
        }
        pool.shutdown();
    }

    static synchronized void say(Map<String, ?> message) { OUT.println(JSON.valueToTree(message).toString()); }

    static Map<String, Object> answer(String operation, JsonNode call) {
        Map<String, Object> result = new LinkedHashMap<>(Map.of("type", "result", "seq", call.get("seq")));
        boolean[] sent = {false};
        try (CleanRoomsClient client = client(call, sent)) {
            Method method = Arrays.stream(CleanRoomsClient.class.getMethods()).filter(m -> m.getName().equalsIgnoreCase(operation)
                    && SdkPojo.class.isAssignableFrom(m.getParameterTypes()[0])).findFirst().orElse(null);
            if (method == null) result.put("skipped", Map.of("reason", "this version has no " + operation));
            else result.put("output", canonical(method.invoke(client, request(method.getParameterTypes()[0], call.get("input")))));
        } catch (Throwable raised) {
            Throwable e = raised instanceof InvocationTargetException i ? i.getCause() : raised;
            String kind = kind(e);
            if (e instanceof AwsServiceException s && s.awsErrorDetails() != null) {
                String code = Objects.requireNonNullElse(s.awsErrorDetails().errorCode(), s.getClass().getSimpleName());
                String text = Objects.requireNonNullElse(s.awsErrorDetails().errorMessage(), "");
                result.put("error", Map.of("code", code, "message", text, "httpStatus", s.statusCode(), "fields", canonical(s)));
            } else if (kind != null) result.put("transport", Map.of("kind", kind, "message", e.toString()));
            else result.put(sent[0] ? "broken" : "rejected", Map.of("message", e.toString()));
        }
        return result;
    }

    static CleanRoomsClient client(JsonNode call, boolean[] sent) {
        String id = call.at("/credentials/accessKeyId").asText(), secret = call.at("/credentials/secretAccessKey").asText();
        String token = call.at("/credentials/sessionToken").asText();
        var keys = token.isEmpty() ? AwsBasicCredentials.create(id, secret) : AwsSessionCredentials.create(id, secret, token);
        BackoffStrategy backoff = BackoffStrategy.fixedDelayWithoutJitter(Duration.ofMillis(20));
        ExecutionInterceptor interceptor = new ExecutionInterceptor() {
            public void beforeTransmission(Context.BeforeTransmission c, ExecutionAttributes a) { sent[0] = true; }
        };
        return CleanRoomsClient.builder().endpointOverride(URI.create(call.get("endpoint").asText()))
                .region(Region.of(call.get("region").asText())).credentialsProvider(StaticCredentialsProvider.create(keys))
                .overrideConfiguration(o -> o.apiCallTimeout(Duration.ofMillis(call.get("timeoutMs").asLong()))
                        .retryStrategy(r -> r.maxAttempts(call.get("maxAttempts").asInt())
                                .backoffStrategy(backoff).throttlingBackoffStrategy(backoff))
                        .addExecutionInterceptor(interceptor)).build();
    }

    static Object request(Class<?> type, JsonNode input) throws ReflectiveOperationException {
        SdkPojo builder = (SdkPojo) type.getMethod("builder").invoke(null); // inputs of strings, numbers and booleans only
        for (SdkField<?> f : builder.sdkFields()) if (input.has(f.memberName()))
            f.set(builder, JSON.convertValue(input.get(f.memberName()), f.marshallingType().getTargetClass()));
        return ((software.amazon.awssdk.utils.builder.Buildable) builder).build();
    }

    /** The kind of a transport error, or null if the client rejected the input or the response. */
    static String kind(Throwable t) {
        return t == null ? null : switch (t.getClass().getSimpleName()) {
            case "ApiCallTimeoutException", "SocketTimeoutException", "ConnectTimeoutException" -> "timeout";
            case "SocketException", "ConnectException", "HttpHostConnectException", "NoHttpResponseException" -> "connection";
            case "ConnectionClosedException", "TruncatedChunkException" -> "truncated";
            default -> kind(t.getCause());
        };
    }

    static Object canonical(Object o) {
        Map<String, Object> object = new LinkedHashMap<>();
        if (o instanceof SdkPojo pojo) {
            for (SdkField<?> f : pojo.sdkFields()) {
                Object v = f.getValueOrDefault(pojo);
                boolean absent = v == null || v instanceof SdkAutoConstructList || v instanceof SdkAutoConstructMap;
                if (!absent) object.put(f.memberName(), canonical(v));
            }
            boolean union = Arrays.stream(o.getClass().getClasses()).anyMatch(c -> c.isEnum() && c.getSimpleName().equals("Type"));
            if (union && object.isEmpty()) object.put("$unknown", true); // its type() is only UNKNOWN_TO_SDK_VERSION
            return object;
        }
        if (o instanceof Map<?, ?> m) { m.forEach((k, v) -> object.put(k.toString(), canonical(v))); return object; }
        if (o instanceof List<?> l) return l.stream().map(Adapter::canonical).toList();
        if (o instanceof Instant i) return TIME.format(i);
        if (o instanceof SdkBytes b) return Base64.getEncoder().encodeToString(b.asByteArray());
        return o instanceof Number n && !Double.isFinite(n.doubleValue()) ? o.toString() : o;
    }
}
