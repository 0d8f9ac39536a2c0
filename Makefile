# Perch: everything a newcomer needs, each target by itself. The work is done by the scripts in tools/.
.PHONY: help build test test-boards demo embedded package packages bench chaos fuzz offline-after check-imports check-hosts clean

help:
	@echo 'make demo       a private XMPP server, a simulated board and a chat with it, on this machine'
	@echo 'make test       the suites of every day; ends with "N passed, N failed"'
	@echo 'make test-boards  the eight packages: what is in them, installed, under a real systemd, on emulated boards'
	@echo 'make build      ordinary Swift, for work on the sources (.build/debug/perch)'
	@echo 'make embedded   Embedded Swift for x86_64 and arm64, as the boards get it, and its self-tests'
	@echo 'make package ARCH=arm64 SUITE=trixie  a Debian package in dist/; ARCH amd64, arm64, armhf or armel, SUITE bookworm or trixie'
	@echo 'make packages   all eight'
	@echo 'make fuzz       libFuzzer, 5 minutes for each of its targets (FUZZ_SECONDS=5 is a first look)'
	@echo 'make bench      memory, sizes, latency and XML rate, measured beside other programs'
	@echo 'make chaos      ten minutes of faults at random, with a printed seed (CHAOS_SECONDS, CHAOS_SEED)'
	@echo 'make offline-after  how long a board that is gone is shown as online, on four servers: 13 minutes'
	@echo 'make clean      remove what was built'

build:
	tools/install-packages build
	swift build

test:
	tools/test

test-boards:
	tools/test packages cross system boards

demo:
	tools/demo

embedded: embedded-x86_64 embedded-arm64

embedded-%:
	tools/embedded $*

package:
	tools/package $(or $(ARCH),$(error ARCH is missing: make package ARCH=amd64|arm64|armhf|armel SUITE=bookworm|trixie)) $(or $(SUITE),$(error SUITE is missing: make package ARCH=$(ARCH) SUITE=bookworm|trixie))

packages: $(foreach suite,bookworm trixie,$(foreach arch,amd64 arm64 armhf armel,package-$(arch)-$(suite)))

package-%:
	tools/package $(subst -, ,$*)

bench:
	tools/bench

chaos:
	tools/chaos

offline-after:
	tools/offline-after

fuzz:
	tools/install-packages build
	tools/fuzz

check-imports:
	tools/check-imports

check-hosts:
	tools/check-hosts

clean:
	rm -rf .build .build-embedded-* .build-gpiod2 dist
	find Tests -name .build -o -name __pycache__ | xargs rm -rf
