# SPDX-License-Identifier: GPL-2.0
#
# Fuzz targets.  `make check` replays the inputs that are kept in CORPUS; `make
# fuzzers` builds the same targets for clang's libFuzzer, which finds new ones.

FUZZ := $(filter-out replay randbytes,$(patsubst fuzz/%.c,%,$(wildcard fuzz/*.c)))
CORPUS ?= $(wildcard ../tests/fuzz)
CLANG ?= clang
FUZZ_CFLAGS := -std=gnu11 -O1 -g -fno-omit-frame-pointer -Itests
FUZZ_CFLAGS += -fsanitize=fuzzer,address,undefined -fno-sanitize-recover=all
# nothing in them is random
FUZZ_LIB := $(filter-out randbytes,$(LIB))
FUZZ_SRCS := $(FUZZ_LIB:%=lib/%.c) $(SCSTD_CORE:%=iscsi-scstd/%.c) tests/fake.c
FUZZ_SRCS += fuzz/randbytes.c
REPLAY_OBJS := $(filter-out %/lib/randbytes.o,$(SAN_OBJS)) $(O)/san/fuzz/randbytes.o

.PHONY: fuzzers check-corpus
fuzzers: $(FUZZ:%=$(O)/fuzz/fuzz-%)

# in one go: each file takes part in each target's coverage
$(O)/fuzz/fuzz-%: fuzz/%.c $(FUZZ_SRCS) $(wildcard */*.h)
	@mkdir -p $(@D)
	$(CLANG) $(CPPFLAGS) $(MNL_CFLAGS) $(CRYPTO_CFLAGS) $(FUZZ_CFLAGS) -o $@ \
		$(filter %.c,$^) $(MNL_LIBS) $(CRYPTO_LIBS) -lcmocka

$(O)/san/fuzz/%.o: CPPFLAGS += -Itests
$(O)/fuzz/replay-%: $(O)/san/fuzz/%.o $(O)/san/fuzz/replay.o $(REPLAY_OBJS)
	@mkdir -p $(@D)
	$(CC) $(SAN_CFLAGS) -o $@ $^ $(MNL_LIBS) $(CRYPTO_LIBS) -lcmocka

check-corpus: $(if $(CORPUS),$(FUZZ:%=$(O)/fuzz/replay-%))
	@set -e; for t in $(if $(CORPUS),$(FUZZ)); do \
		printf '  REPLAY  %s: ' $$t; $(O)/fuzz/replay-$$t $(CORPUS)/$$t/*; done
