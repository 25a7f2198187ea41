import com.fasterxml.jackson.core.*;
import com.fasterxml.jackson.databind.*;
import java.io.*;
import java.lang.reflect.*;
import java.math.BigDecimal;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.*;
import java.time.format.DateTimeFormatter;
import java.util.*;
import java.util.concurrent.*;
import java.util.jar.JarFile;
import software.amazon.awssdk.auth.credentials.*;
import software.amazon.awssdk.awscore.client.builder.AwsClientBuilder;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.*;
import software.amazon.awssdk.core.client.config.*;
import software.amazon.awssdk.core.document.Document;
import software.amazon.awssdk.core.interceptor.*;
import software.amazon.awssdk.core.traits.*;
import software.amazon.awssdk.core.util.*;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.retries.api.BackoffStrategy;
import software.amazon.awssdk.utils.ThreadFactoryBuilder;
import software.amazon.awssdk.utils.builder.Buildable;

/** An adapter that tests the AWS SDK for Java 2.x with crcheck's conformance suite. See docs/protocol.md. */
public class Adapter {
    static final int MAX_LINE = 1 << 20; // Jackson's own limits are lower: a map key of an input may be longer than 50,000 characters
    static final ObjectMapper JSON = new ObjectMapper(JsonFactory.builder().streamReadConstraints(
            StreamReadConstraints.builder().maxNameLength(MAX_LINE).maxNumberLength(MAX_LINE).build()).build());
    static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSS'Z'").withZone(ZoneOffset.UTC);
    static final PrintStream OUT = new PrintStream(new FileOutputStream(FileDescriptor.out), true, StandardCharsets.UTF_8);

    public static void main(String[] args) throws Exception {
        System.setOut(System.err); // standard output carries only messages, even if a library prints
        ExecutorService pool = Executors.newFixedThreadPool(16, new ThreadFactoryBuilder().daemonThreads(true).build()); // an exception here ends the process
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        String operation = "";
        for (String line; (line = in.readLine()) != null; ) {
            JsonNode message = JSON.readTree(line);
            if (message.path("type").asText().equals("hello")) {
                if (message.path("protocol").asInt() != 1) throw new IllegalStateException("not protocol 1: " + line);
                operation = message.path("operation").asText();
                say(Map.of("type", "hello", "protocol", 1, "reports", "output", "concurrency", 16, "operations", "any", "client",
                        Map.of("name", "aws-sdk-java-v2", "version", VersionInfo.SDK_VERSION, "language", "java")));
            } else if (message.path("type").asText().equals("call")) {
                String[] name = message.path("operation").asText(operation).split("@")[0].split("\\.");
                pool.execute(() -> respond(name[0], name[1], message));
            }
        }
        pool.shutdown();
        pool.awaitTermination(5, TimeUnit.SECONDS);
    }

    static void respond(String service, String operation, JsonNode call) {
        try {
            say(answer(service, operation, call));
        } catch (Throwable e) { // without a result, the runner would wait for the adapter
            say(Map.of("type", "result", "seq", call.get("seq"), "broken", Map.of("message", e.toString())));
        }
    }

    static synchronized void say(Map<String, ?> message) { OUT.println(JSON.valueToTree(message).toString()); }

    static Map<String, Object> answer(String service, String operation, JsonNode call) throws Exception {
        Map<String, Object> result = new LinkedHashMap<>(Map.of("type", "result", "seq", call.get("seq")));
        Class<?> type = TYPES.computeIfAbsent(service, Adapter::find);
        Method method = Arrays.stream(type.getMethods()).filter(m -> m.getName().equalsIgnoreCase(operation) && m.getParameterCount() == 1
                && SdkPojo.class.isAssignableFrom(m.getParameterTypes()[0]) && SdkPojo.class.isAssignableFrom(m.getReturnType())).findFirst().orElse(null);
        if (method == null) {
            result.put("skipped", Map.of("reason", "this jar has no " + service + "." + operation + ", or it is a stream"));
            return result;
        }
        boolean[] sent = {false};
        try (AutoCloseable client = client(type, call, sent)) {
            Object request = pojo((SdkPojo) method.getParameterTypes()[0].getMethod("builder").invoke(null), call.get("input"));
            result.put("output", canonical(method.invoke(client, request)));
        } catch (InvocationTargetException raised) { // of the SDK; respond reports exceptions of the adapter
            Throwable e = raised.getCause();
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

    static final Map<String, Class<?>> TYPES = new ConcurrentHashMap<>();

    /** The client of a service of boto3, by the name of its package or by what it signs requests for; Object if there is none. */
    static Class<?> find(String service) {
        try (JarFile jar = new JarFile(System.getProperty("java.class.path"))) {
            for (String name : (Iterable<String>) jar.stream().map(e -> e.getName()).filter(n -> n.matches("software/amazon/awssdk/services/\\w+/\\w+Client\\.class"))::iterator) {
                Class<?> type = Class.forName(name.replace(".class", "").replace('/', '.'), false, Adapter.class.getClassLoader());
                if (!type.isInterface() || !SdkClient.class.isAssignableFrom(type) || name.endsWith("AsyncClient.class")) continue;
                if (name.split("/")[4].equals(service.replace("-", "")) || type.getField("SERVICE_NAME").get(null).equals(service)) return type;
            }
            return Object.class;
        } catch (IOException | ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }

    static AutoCloseable client(Class<?> type, JsonNode call, boolean[] sent) throws ReflectiveOperationException {
        String id = call.at("/credentials/accessKeyId").asText(), secret = call.at("/credentials/secretAccessKey").asText();
        String token = call.at("/credentials/sessionToken").asText();
        var keys = token.isEmpty() ? AwsBasicCredentials.create(id, secret) : AwsSessionCredentials.create(id, secret, token);
        BackoffStrategy backoff = BackoffStrategy.fixedDelayWithoutJitter(Duration.ofMillis(20));
        ExecutionInterceptor interceptor = new ExecutionInterceptor() {
            public void beforeTransmission(Context.BeforeTransmission c, ExecutionAttributes a) { sent[0] = true; }
        };
        ClientOverrideConfiguration configuration = ClientOverrideConfiguration.builder()
                .apiCallTimeout(Duration.ofMillis(call.get("timeoutMs").asLong()))
                .retryStrategy(r -> r.maxAttempts(call.get("maxAttempts").asInt()).backoffStrategy(backoff).throttlingBackoffStrategy(backoff))
                .putAdvancedOption(SdkAdvancedClientOption.DISABLE_HOST_PREFIX_INJECTION, true) // the prefixed host does not exist on loopback
                .addExecutionInterceptor(interceptor).build();
        AwsClientBuilder<?, ?> builder = (AwsClientBuilder<?, ?>) type.getMethod("builder").invoke(null);
        builder.endpointOverride(URI.create(call.get("endpoint").asText()));
        builder.region(Region.of(call.get("region").asText()));
        builder.credentialsProvider(StaticCredentialsProvider.create(keys));
        builder.overrideConfiguration(configuration);
        return (AutoCloseable) builder.build();
    }

    /** A request or a structure in it. Members that this version does not know are left out: there is nothing to set. */
    static Object pojo(SdkPojo builder, JsonNode input) {
        for (SdkField<?> f : builder.sdkFields()) if (input.hasNonNull(f.memberName())) f.set(builder, value(f, input.get(f.memberName())));
        return ((Buildable) builder).build();
    }

    static Object value(SdkField<?> f, JsonNode v) {
        Class<?> type = f.marshallingType().getTargetClass();
        if (v.isNull()) return null;
        if (v.isObject() && f.constructor() != null && type == SdkPojo.class) return pojo(f.constructor().get(), v);
        if (v.isArray() && type == List.class) {
            List<Object> list = new ArrayList<>();
            v.forEach(element -> list.add(value(f.getTrait(ListTrait.class).memberFieldInfo(), element)));
            return list;
        }
        if (v.isObject() && type == Map.class) {
            Map<String, Object> map = new LinkedHashMap<>();
            v.fields().forEachRemaining(e -> map.put(e.getKey(), value(f.getTrait(MapTrait.class).valueFieldInfo(), e.getValue())));
            return map;
        }
        if (v.isTextual() && type == Instant.class) return Instant.parse(v.asText());
        if (v.isTextual() && type == SdkBytes.class) return SdkBytes.fromByteArray(Base64.getDecoder().decode(v.asText()));
        return type == Document.class ? document(v) : JSON.convertValue(v, type);
    }

    static Document document(JsonNode v) {
        if (v.isObject()) {
            Map<String, Document> map = new LinkedHashMap<>();
            v.fields().forEachRemaining(e -> map.put(e.getKey(), document(e.getValue())));
            return Document.fromMap(map);
        }
        if (v.isArray()) {
            List<Document> list = new ArrayList<>();
            v.forEach(element -> list.add(document(element)));
            return Document.fromList(list);
        }
        if (v.isNumber()) return Document.fromNumber(v.asText());
        return v.isNull() ? Document.fromNull() : v.isBoolean() ? Document.fromBoolean(v.asBoolean()) : Document.fromString(v.asText());
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
        if (o instanceof Document d) return d.isMap() ? canonical(d.asMap()) : d.isList() ? canonical(d.asList())
                : d.isNumber() ? new BigDecimal(d.asNumber().stringValue()) : d.unwrap(); // which writes numbers as strings
        if (o instanceof Map<?, ?> m) { m.forEach((k, v) -> object.put(k.toString(), canonical(v))); return object; }
        if (o instanceof List<?> l) return l.stream().map(Adapter::canonical).toList();
        if (o instanceof Instant i) return TIME.format(i);
        if (o instanceof SdkBytes b) return Base64.getEncoder().encodeToString(b.asByteArray());
        return o instanceof Number n && !Double.isFinite(n.doubleValue()) ? o.toString() : o;
    }
}
