# Reeve. `make` alone says what there is.

PREFIX  ?= /usr/local
DESTDIR ?=
SWIFT   ?= swift

bindir  = $(PREFIX)/bin
datadir = $(PREFIX)/share
mandir  = $(datadir)/man
unitdir = $(PREFIX)/lib/systemd/system
usersdir = $(PREFIX)/lib/sysusers.d

programs = reeve reeve-watch reeve-server reeve-render
# Installed programs carry Swift's standard library within them: a render machine needs no Swift.
release  = -c release --static-swift-stdlib
built    = .build/release

# Debian 12. To build and test; to check; for the demo.
packages = make git ca-certificates g++ libc6-dev binutils pkg-config libsqlite3-dev libncurses-dev \
	mandoc tmux less \
	povray imagemagick

sources  = find Package.swift Sources Tests benchmarks -name '*.swift' -not -path '*/Generated/*'

.PHONY: help deps build demo test fuzz fuzz-all soak soak-kills bench proto lint format install uninstall clean

help:
	@echo 'make deps        install the Debian packages that are missing'
	@echo 'make demo        build, start a farm on this machine and render a small film on it'
	@echo 'make test        build and run all tests'
	@echo 'make fuzz        give TARGET=… (say none to see which) what nobody foresaw, for SECONDS=60; make fuzz-all: each of them'
	@echo 'make soak        simulate farms under faults: SEEDS=1-10000 HOURS=1'
	@echo 'make soak-kills  kill the server again and again under load: KILLS=200 TASKS=50000'
	@echo 'make build       build the programs for use, in $(built)'
	@echo 'make bench       measure how fast the farm is'
	@echo 'make lint        check style, manual pages and scripts'
	@echo 'make format      put the sources into the style that lint asks for'
	@echo 'make proto       make the Swift code of the wire protocol anew'
	@echo 'make install     install into PREFIX ($(PREFIX)), below DESTDIR; make uninstall takes it away'
	@echo 'make clean       remove what was built'

deps:
	@scripts/install-missing.sh $(packages)

build:
	@for program in $(programs); do $(SWIFT) build $(release) --product "$$program" || exit 1; done

# DEMO_HOLD=1 leaves the farm running.
demo: deps build
	@REEVE_BIN=$(built) DEMO_HOLD='$(DEMO_HOLD)' scripts/demo.sh

test: deps
	@SWIFT='$(SWIFT)' scripts/test.sh

# Its own build, with the fuzzer's instruments, is in .build/fuzz.
fuzz:
	@SWIFT='$(SWIFT)' scripts/fuzz.sh '$(or $(SECONDS),60)' $(TARGET)

fuzz-all:
	@SWIFT='$(SWIFT)' scripts/fuzz.sh '$(or $(SECONDS),60)' --all

# Whole farms on a simulated clock, network and disk, with all that can go wrong (docs/decisions/0014-simulation.md).
SEEDS ?= 1-10000
HOURS ?= 1
soak:
	$(SWIFT) build $(release) --product reeve-server
	$(built)/reeve-server --simulate --seeds '$(SEEDS)' --hours '$(HOURS)'

# The real programs: the server is killed so often under so many tasks on eight agents.
KILLS ?= 200
TASKS ?= 50000
soak-kills: build
	REEVE_PROGRAMS='$(CURDIR)/$(built)' REEVE_KILLS='$(KILLS)' REEVE_KILL_TASKS='$(TASKS)' scripts/test.sh LoadKillTests

bench: build
	$(SWIFT) build $(release) --product reeve-bench
	@$(built)/reeve-bench solve
	@$(built)/reeve-bench drain
	@$(built)/reeve-bench spawn
	@$(built)/reeve-bench scale
	@$(built)/reeve-bench listed
	@$(built)/reeve-bench connections
	@$(built)/reeve-bench vanish
	@$(built)/reeve-bench start
	@$(built)/reeve-bench watch

# protoc is needed only here: the generated code is part of the sources.
proto:
	@scripts/install-missing.sh protobuf-compiler
	$(SWIFT) build --product protoc-gen-swift
	cd Sources/Shared/Wire/Protocol && protoc --plugin=protoc-gen-swift=$(CURDIR)/.build/debug/protoc-gen-swift \
		--swift_out=../Generated --swift_opt=Visibility=Public --swift_opt=UseAccessLevelOnImports=true *.proto

lint:
	@echo 'lint: Swift sources'
	@$(sources) -print0 | xargs -0 $(SWIFT) format lint --strict
	@echo 'lint: manual pages'
	@mandoc -Tlint -Wwarning man/*.[1-9]
	@echo 'lint: scripts'
	@for script in scripts/*.sh .ci/run; do bash -n "$$script" || exit 1; done

format:
	$(sources) -print0 | xargs -0 $(SWIFT) format -i

# What is built is installed as it is, so that 'sudo make install' need not build as root.
$(built)/reeve:
	$(MAKE) build

install: $(built)/reeve
	install -d '$(DESTDIR)$(bindir)' '$(DESTDIR)$(datadir)/reeve/services' '$(DESTDIR)$(datadir)/reeve/themes' \
		'$(DESTDIR)$(datadir)/reeve/examples/povray' '$(DESTDIR)$(unitdir)' '$(DESTDIR)$(usersdir)'
	for program in $(programs); do install -m 755 "$(built)/$$program" '$(DESTDIR)$(bindir)/' || exit 1; done
	install -m 644 services/*.yaml '$(DESTDIR)$(datadir)/reeve/services/'
	install -m 644 themes/*.yaml '$(DESTDIR)$(datadir)/reeve/themes/'
	install -m 644 examples/*.json '$(DESTDIR)$(datadir)/reeve/examples/'
	install -m 644 examples/povray/* '$(DESTDIR)$(datadir)/reeve/examples/povray/'
	for page in man/*.[1-9]; do \
		install -D -m 644 "$$page" "$(DESTDIR)$(mandir)/man$${page##*.}/$${page##*/}" || exit 1; done
	for unit in packaging/systemd/*.service; do \
		sed 's|@bindir@|$(bindir)|g' "$$unit" >"$(DESTDIR)$(unitdir)/$${unit##*/}" || exit 1; done
	install -m 644 packaging/sysusers/reeve.conf '$(DESTDIR)$(usersdir)/reeve.conf'
	scripts/completions.sh install '$(DESTDIR)$(datadir)' $(built) $(programs)

uninstall:
	for program in $(programs); do rm -f '$(DESTDIR)$(bindir)/'"$$program"; done
	for page in man/*.[1-9]; do rm -f "$(DESTDIR)$(mandir)/man$${page##*.}/$${page##*/}"; done
	for unit in packaging/systemd/*.service; do rm -f "$(DESTDIR)$(unitdir)/$${unit##*/}"; done
	rm -f '$(DESTDIR)$(usersdir)/reeve.conf'
	scripts/completions.sh uninstall '$(DESTDIR)$(datadir)' $(built) $(programs)
	rm -rf '$(DESTDIR)$(datadir)/reeve'

clean:
	$(SWIFT) package clean
	rm -rf .build/fuzz
