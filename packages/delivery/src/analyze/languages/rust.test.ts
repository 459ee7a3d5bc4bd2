import test from 'node:test';
import { assertRecognised, type RecognitionCase } from '../../../test/recognition-case.ts';

const cases: Readonly<Record<string, RecognitionCase>> = {
  Axum: {
    files: {
      'Cargo.toml': '[package]\nname = "shop"\nrust-version = "1.85"\n[dependencies]\naxum = "0.8"\n',
      'Cargo.lock': '',
      'src/main.rs': 'bind("0.0.0.0:3000")',
      'src/a.rs': 'fn f() {}\n\n#[cfg(test)]\nmod tests {\n    fn g() { bind("127.0.0.1:9999") }\n}\n',
    },
    expected: {
      language: 'rust',
      framework: 'axum',
      version: '1.85',
      packageManager: 'cargo',
      buildCommand: 'cargo build --release --locked',
      startCommand: './target/release/shop',
      port: 3000,
    },
  },
  'the only program of a Cargo workspace': {
    files: {
      'Cargo.toml': '[workspace]\nmembers = ["crates/*"]\n',
      'crates/web/Cargo.toml': '[package]\nname = "web"\n[dependencies]\nrocket = "0.5"\n',
      'crates/web/src/main.rs': '',
      'crates/core/Cargo.toml': '[package]\nname = "core"\n',
      'crates/core/src/lib.rs': '',
    },
    expected: {
      language: 'rust',
      framework: 'rocket',
      buildCommand: 'cargo build --release --package web',
      startCommand: 'ROCKET_ADDRESS=0.0.0.0 ROCKET_PORT=${PORT:-8000} ./target/release/web',
      port: 8000,
    },
  },
};

for (const [name, aCase] of Object.entries(cases)) {
  test(`${name} is recognised`, () => assertRecognised(aCase));
}
