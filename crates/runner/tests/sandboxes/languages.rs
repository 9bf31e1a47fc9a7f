//! Ruby, PHP and Rust, found and run by their conventions on a real engine; the apps use no packages.

use runner::setup::Declared;
use serde_json::json;

use crate::{
    setups::{ended, spec, submission, told_by},
    stand::Stand,
};

const RUBY: &str = r#"require "json"
require "socket"
trap("TERM") { exit! 42 }
server = TCPServer.new("0.0.0.0", ENV.fetch("PORT"))
loop do
  client = server.accept
  length = 0
  while (line = client.gets&.chomp) && !line.empty?
    length = line.split(":")[1].to_i if line.downcase.start_with?("content-length:")
  end
  client.read(length)
  body = { pid: Process.pid, rack: ENV["RACK_ENV"] }.to_json
  client.write("HTTP/1.0 200 OK\r\nContent-Length: #{body.bytesize}\r\n\r\n#{body}")
  client.close
end
"#;

const PHP: &str = r"<?php
header('Content-Type: application/json');
echo json_encode([
    'path' => parse_url($_SERVER['REQUEST_URI'], PHP_URL_PATH),
    'greeting' => App\Greeting::of('you'),
    'secret' => getenv('SECRET'),
]);
";

const GREETING: &str = r#"<?php
namespace App;
final class Greeting { public static function of(string $whom): string { return "hello $whom"; } }
"#;

const RUST: &str = r#"use std::{env, io::{Read, Write}, net::TcpListener};

fn main() {
    let listener = TcpListener::bind(("0.0.0.0", env::var("PORT").unwrap().parse().unwrap())).unwrap();
    for stream in listener.incoming() {
        let mut stream = stream.unwrap();
        let mut head = [0; 4096];
        let _ = stream.read(&mut head);
        let body = format!("{{\"pid\": {}, \"name\": \"{}\"}}", std::process::id(), shop::NAME);
        let _ = write!(stream, "HTTP/1.0 200 OK\r\nContent-Length: {}\r\n\r\n{body}", body.len());
        let _ = stream.shutdown(std::net::Shutdown::Write);
        let _ = stream.read(&mut head);
    }
}
"#;

#[tokio::test]
async fn ruby_is_found_and_started() {
    let stand = Stand::new().await;
    let submission = submission(&stand, &[("Gemfile", "ruby '~> 3.3'\n"), ("app.rb", RUBY)]);
    let spec = spec(&stand, &submission, &Declared::default());
    let sandbox = stand.open_with(&spec, &submission).await;
    assert_eq!(told_by(&*sandbox).await["pid"], 1);
    assert_eq!(ended(&stand, &spec.run, &*sandbox).await, "exit code 42");
}

#[tokio::test]
async fn php_is_found_and_served_from_its_public_folder() {
    let stand = Stand::new().await;
    let composer = r#"{"autoload": {"psr-4": {"App\\": "src/"}}}"#;
    let index = format!("<?php\nrequire __DIR__ . '/../vendor/autoload.php';\n?>{PHP}");
    let files = &[
        ("composer.json", composer),
        ("src/Greeting.php", GREETING),
        ("public/index.php", index.as_str()),
    ];
    let submission = submission(&stand, files);
    let mut spec = spec(&stand, &submission, &Declared::default());
    spec.app.env.insert("SECRET".to_owned(), "abc".to_owned());
    let sandbox = stand.open_with(&spec, &submission).await;
    let ask = async |path: &str| crate::stand::ask(sandbox.app(), path, json!(null)).await;
    let expected = json!({ "path": "/a/b", "greeting": "hello you", "secret": "abc" });
    assert_eq!(ask("/a/b?c=d").await, expected);
    // A source is run, not sent; and nothing beside `public` is there.
    assert_eq!(ask("/index.php").await["greeting"], "hello you");
    assert_eq!(ask("/src/Greeting.php").await["greeting"], "hello you");
    assert_eq!(ended(&stand, &spec.run, &*sandbox).await, "exit code 0");
}

#[tokio::test]
async fn rust_is_built_with_its_library_after_a_stand_in() {
    let stand = Stand::new().await;
    let files = &[
        (
            "Cargo.toml",
            "[package]\nname = \"shop\"\nversion = \"1.0.0\"\nedition = \"2024\"\n",
        ),
        ("src/main.rs", RUST),
        ("src/lib.rs", "pub const NAME: &str = \"the true one\";\n"),
    ];
    let submission = submission(&stand, files);
    let spec = spec(&stand, &submission, &Declared::default());
    let sandbox = stand.open_with(&spec, &submission).await;
    let told = told_by(&*sandbox).await;
    assert_eq!(
        (&told["pid"], &told["name"]),
        (&json!(1), &json!("the true one"))
    );
}
