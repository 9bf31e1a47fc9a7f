.PHONY: set-up check test

set-up:
	tools/set-up

# Everything that needs no engine.
check:
	cargo fmt --all --check
	cargo clippy --workspace --all-targets --all-features --locked -- -D warnings
	RUSTDOCFLAGS="-D warnings" cargo doc --workspace --no-deps --locked
	cargo test --workspace --doc --locked

# What CI runs. The tests stand last, so that their closing line does too.
test: set-up check
	@if cargo nextest --version >/dev/null 2>&1; then \
		cargo nextest run --workspace --all-features --locked --no-fail-fast; \
	else \
		cargo test --workspace --all-features --locked --lib --bins --tests; \
	fi
