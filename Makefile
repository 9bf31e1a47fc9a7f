# What people and CI do here. Each command sets up what it needs; see tools/set-up.

export PATH := $(PATH):$(HOME)/.cargo/bin

target = $(or $(CARGO_TARGET_DIR),target)

.PHONY: demo test check prove set-up set-up-tests

# The main job on a bundled submission.
demo: set-up
	cargo build --release --locked --bin tryout
	$(target)/release/tryout demo

# Everything that CI runs. The tests come last, so that their summary is the last thing printed.
test: set-up-tests check
	cargo test --workspace --doc --locked --quiet
	tools/test

# What takes hours, and whose results are committed; see tools/prove.
prove: set-up-tests
	tools/prove

# What needs no engine and no tests.
check:
	cargo fmt --all -- --check
	cargo clippy --workspace --all-targets --all-features --locked -- -D warnings
	RUSTDOCFLAGS="-D warnings" cargo doc --workspace --no-deps --all-features --locked --quiet

set-up:
	tools/set-up

set-up-tests:
	tools/set-up tests
