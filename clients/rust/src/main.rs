//! An adapter that tests the AWS SDK for Rust with crcheck's conformance suite. See README.md.
use aws_sdk_cleanrooms::operation::get_protected_job::{GetProtectedJobError, GetProtectedJobError::*};
use aws_sdk_cleanrooms::{Client, config::retry::*, config::timeout::TimeoutConfig, config::*, primitives::DateTime, primitives::DateTimeFormat};
use aws_sdk_cleanrooms::{error::DisplayErrorContext, error::ProvideErrorMetadata, error::SdkError, types::*};
use serde_json::{Value, json};
use std::{error::Error, io::ErrorKind, io::Write, time::Duration};

fn main() {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    let (mut operation, mut calls) = (Value::Null, Vec::new());
    for line in std::io::stdin().lines() {
        let message: Value = serde_json::from_str(&line.unwrap()).unwrap();
        if message["type"] == "hello" {
            assert_eq!(message["protocol"], 1, "not protocol 1");
            operation = message["operation"].clone();
            let client = json!({"name": "aws-sdk-rust", "version": aws_sdk_cleanrooms::meta::PKG_VERSION, "language": "rust"});
            say(json!({"type": "hello", "protocol": 1, "client": client, "reports": "output", "concurrency": 16}));
        } else if message["type"] == "call" && operation == "cleanrooms.GetProtectedJob" {
            calls.push(runtime.spawn(answer(message)));
        } else if message["type"] == "call" {
            say(json!({"type": "result", "seq": message["seq"], "skipped": {"reason": "the adapter supports only GetProtectedJob"}}));
        }
    }
    calls.into_iter().for_each(|call| runtime.block_on(call).unwrap());
}

fn say(mut message: Value) {
    drop_absent(&mut message);
    writeln!(std::io::stdout(), "{message}").unwrap(); // stdout is flushed at the end of each line
}

fn drop_absent(value: &mut Value) {
    if let Some(members) = value.as_object_mut() {
        members.retain(|_, member| !member.is_null());
        members.values_mut().for_each(drop_absent);
    }
    value.as_array_mut().into_iter().flatten().for_each(drop_absent);
}

async fn answer(call: Value) {
    let text = |pointer| call.pointer(pointer).and_then(Value::as_str).map(str::to_string);
    let (id, secret) = (text("/credentials/accessKeyId").unwrap(), text("/credentials/secretAccessKey").unwrap());
    let (timeout, pause) = (Duration::from_millis(call["timeoutMs"].as_u64().unwrap()), Duration::from_millis(20));
    let config = Config::builder().behavior_version(BehaviorVersion::latest()).http_client(aws_smithy_http_client::Builder::new().build_http())
        .endpoint_url(text("/endpoint").unwrap()).region(text("/region").map(Region::new))
        .credentials_provider(Credentials::new(id, secret, text("/credentials/sessionToken"), None, "call"))
        .retry_config(RetryConfig::standard().with_max_attempts(call["maxAttempts"].as_u64().unwrap() as u32)
            .with_initial_backoff(pause).with_max_backoff(pause).with_use_static_exponential_base(true))
        .retry_partition(RetryPartition::custom("call").build()) // otherwise all clients share one retry budget
        .timeout_config(TimeoutConfig::builder().operation_timeout(timeout).build());
    let request = Client::from_conf(config.build()).get_protected_job().set_membership_identifier(text("/input/membershipIdentifier"));
    let (kind, result) = match request.set_protected_job_identifier(text("/input/protectedJobIdentifier")).send().await {
        Ok(output) => ("output", json!({"protectedJob": output.protected_job.as_ref().map(job)})),
        Err(e) => failure(&e),
    };
    say(json!({"type": "result", "seq": call["seq"], kind: result}));
}

fn failure(e: &SdkError<GetProtectedJobError, http::HttpResponse>) -> (&'static str, Value) {
    let message = DisplayErrorContext(e).to_string();
    let transport = |kind| ("transport", json!({"kind": kind, "message": message}));
    match e {
        SdkError::ConstructionFailure(_) => ("rejected", json!({"message": message})),
        SdkError::ServiceError(s) if s.raw().status().is_success() => ("broken", json!({"message": message})), // an error of the parser
        SdkError::ServiceError(s) => ("error", json!({"code": e.code().filter(|c| !c.is_empty()).unwrap_or("Unhandled"),
            "message": e.message().unwrap_or(""), "httpStatus": s.raw().status().as_u16(), "fields": fields(s.err())})),
        SdkError::DispatchFailure(f) if !f.is_timeout() => transport(if f.is_io() || f.as_other().is_some() { "connection" } else { end(e) }),
        SdkError::TimeoutError(_) | SdkError::DispatchFailure(_) => transport("timeout"),
        _ => transport(end(e)), // an error of reading the response
    }
}

fn end(e: &(dyn Error + 'static)) -> &'static str {
    match e.downcast_ref::<std::io::Error>().map(std::io::Error::kind) {
        Some(ErrorKind::UnexpectedEof) => "truncated",
        Some(ErrorKind::ConnectionReset | ErrorKind::ConnectionAborted | ErrorKind::BrokenPipe) => "connection",
        _ => e.source().map_or("other", end),
    }
}

fn fields(e: &GetProtectedJobError) -> Value {
    match e {
        ResourceNotFoundException(e) => json!({"resourceId": e.resource_id, "resourceType": e.resource_type.as_str()}),
        AccessDeniedException(e) => json!({"reason": e.reason.as_ref().map(|r| r.as_str())}),
        ValidationException(e) => json!({"reason": e.reason.as_ref().map(|r| r.as_str()),
            "fieldList": e.field_list.as_ref().map(|l| l.iter().map(|f| json!({"name": f.name, "message": f.message})).collect::<Value>())}),
        _ => json!({}),
    }
}

/// For a union, the SDK reports that the member is unknown, but not its name.
fn job(j: &ProtectedJob) -> Value {
    let double = |d: f64| if d.is_finite() { json!(d) } else { json!(d.to_string().replace("inf", "Infinity")) };
    let target = |t: &ProtectedJobOutputConfigurationOutput| json!({"$unknown": t.is_unknown().then_some(true),
        "s3": t.as_s3().ok().map(|s| json!({"bucket": s.bucket, "keyPrefix": s.key_prefix})),
        "member": t.as_member().ok().map(|m| json!({"accountId": m.account_id}))});
    let output = |o: &ProtectedJobOutput| json!({"$unknown": o.is_unknown().then_some(true),
        "s3": o.as_s3().ok().map(|s| json!({"location": s.location})),
        "memberList": o.as_member_list().ok().map(|l| l.iter().map(|m| json!({"accountId": m.account_id})).collect::<Value>())});
    let compute = |c: &ProtectedJobComputeConfiguration| json!({"$unknown": c.is_unknown().then_some(true),
        "worker": c.as_worker().ok().map(|w| json!({"type": w.r#type.as_str(), "number": w.number,
            "properties": w.properties.as_ref().map(|p| json!({"$unknown": p.is_unknown().then_some(true), "spark": p.as_spark().ok()}))}))});
    json!({"id": j.id, "membershipId": j.membership_id, "membershipArn": j.membership_arn, "createTime": time(&j.create_time),
        "status": j.status.as_str(), "jobComputePayerAccountId": j.job_compute_payer_account_id,
        "jobParameters": j.job_parameters.as_ref().map(|p| json!({"analysisTemplateArn": p.analysis_template_arn, "parameters": p.parameters})),
        "resultConfiguration": j.result_configuration.as_ref().map(|r| json!({"outputConfiguration": r.output_configuration.as_ref().map(target)})),
        "statistics": j.statistics.as_ref().map(|s| json!({"totalDurationInMillis": s.total_duration_in_millis,
            "billedResourceUtilization": s.billed_resource_utilization.as_ref().map(|b| json!({"units": double(b.units)}))})),
        "result": j.result.as_ref().map(|r| json!({"output": r.output.as_ref().map(output)})),
        "error": j.error.as_ref().map(|e| json!({"message": e.message, "code": e.code})),
        "computeConfiguration": j.compute_configuration.as_ref().map(compute)})
}

/// The SDK returns the nanoseconds of the double in the JSON: .123 becomes .122999906.
fn time(t: &DateTime) -> String {
    let t = DateTime::from_nanos(t.as_nanos() + 500).unwrap();
    let seconds = DateTime::from_secs(t.secs()).fmt(DateTimeFormat::DateTime).unwrap_or_else(|e| e.to_string());
    format!("{}.{:03}Z", seconds.trim_end_matches('Z'), t.subsec_nanos() / 1_000_000)
}
