//! Counts what a text is made of: lines, words, and the words that are there
//! most often.
//!
//! Reads /data/text (UTF-8) and writes /out/words.json. /params.json may hold
//! {"top": N}; the default is 3. Text that is not UTF-8 ends the run with exit
//! code 1 and the byte where it stops being so.

use std::collections::BTreeMap;
use std::fs;
use std::process::ExitCode;

/// The one parameter, read without a JSON library: this example has no crates.
fn top(text: &str) -> Result<usize, String> {
    let wrong = || "the parameters are not {\"top\": N}".to_string();
    if text.trim().is_empty() {
        return Ok(3);
    }
    let inside = text.trim().strip_prefix('{').and_then(|s| s.strip_suffix('}')).ok_or_else(wrong)?;
    let (name, value) = inside.split_once(':').ok_or_else(wrong)?;
    if name.trim() != "\"top\"" {
        return Err(wrong());
    }
    value.trim().parse().map_err(|_| wrong())
}

fn run() -> Result<(), String> {
    let params = match fs::read_to_string("/params.json") {
        Ok(text) => text,
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => String::new(),
        Err(e) => return Err(format!("read parameters: {}", e)),
    };
    let top = top(&params)?;
    let bytes = fs::read("/data/text").map_err(|e| format!("read input \"text\": {}", e))?;
    let text = std::str::from_utf8(&bytes).map_err(|e| format!("byte {} is not UTF-8", e.valid_up_to()))?;

    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for word in text.split(|c: char| !c.is_alphanumeric()).filter(|w| !w.is_empty()) {
        *counts.entry(word.to_lowercase()).or_default() += 1;
    }
    let words: usize = counts.values().sum();
    let mut often: Vec<_> = counts.into_iter().collect();
    // The map gives words in order, and the sort keeps it among equals: the same
    // text gives the same bytes.
    often.sort_by(|a, b| b.1.cmp(&a.1));
    let list: Vec<String> = often.iter().take(top).map(|(w, n)| format!("[\"{}\", {}]", w, n)).collect();
    let out = format!("{{\"lines\": {}, \"words\": {}, \"top\": [{}]}}\n", text.lines().count(), words, list.join(", "));
    fs::write("/out/words.json", out).map_err(|e| format!("write the result: {}", e))
}

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            eprintln!("words: {}", why);
            ExitCode::FAILURE
        }
    }
}
