//! Validates documents with boon or the crate jsonschema. See ../../main.go for the protocol.

use std::io::{BufRead, Write};

use serde_json::Value;

/// cpu_time is that of the process in nanoseconds.
fn cpu_time() -> u64 {
    let mut t = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: the pointer is valid for the call.
    unsafe { libc::clock_gettime(libc::CLOCK_PROCESS_CPUTIME_ID, &mut t) };
    t.tv_sec as u64 * 1_000_000_000 + t.tv_nsec as u64
}

fn main() {
    let args: Vec<String> = std::env::args().collect();
    let schema: Value = serde_json::from_slice(&std::fs::read(&args[2]).unwrap()).unwrap();
    let text = std::fs::read(&args[3]).unwrap();
    let documents: Vec<&[u8]> = text.split(|&c| c == b'\n').filter(|d| !d.is_empty()).collect();
    let accepts: Box<dyn Fn(&Value) -> bool> = match args[1].as_str() {
        "boon" => {
            let mut schemas = boon::Schemas::new();
            let mut compiler = boon::Compiler::new();
            compiler.add_resource("urn:peers", schema).unwrap();
            let index = compiler.compile("urn:peers", &mut schemas).unwrap();
            Box::new(move |document| schemas.validate(document, index).is_ok())
        }
        _ => {
            let validator = jsonschema::validator_for(&schema).unwrap();
            Box::new(move |document| validator.is_valid(document))
        }
    };
    for line in std::io::stdin().lock().lines() {
        let count: usize = line.unwrap().trim().parse().unwrap();
        let began = cpu_time();
        let valid = documents[..count]
            .iter()
            .filter(|text| serde_json::from_slice::<Value>(text).is_ok_and(|document| accepts(&document)))
            .count();
        println!("{} {}", valid, cpu_time() - began);
        std::io::stdout().flush().unwrap();
    }
}
