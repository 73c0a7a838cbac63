/* A program that speaks the protocol of docs/process.md, or breaks it in one of many ways.
 *
 *   child MODE [ARGUMENT]     MODE `mixed` draws a mode per decision from a seed; see Act for the others
 *
 * No library of evenkeel, no JSON parser: what a small program of a user's might look like. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

static char line[1 << 22];
static int prices[8], groups; /* buckets of each group, counted in the first line */
static int arcs;

static void Say(const char *text) {
  fputs(text, stdout);
  fflush(stdout);
}

static void CountBuckets(void) {
  for (const char *at = line; groups < 8 && (at = strstr(at, "\"bucket_weight\":[")) != NULL;) {
    at += strlen("\"bucket_weight\":[");
    prices[groups] = 1;
    for (; *at != ']' && *at != '\0'; ++at) prices[groups] += *at == ',';
    ++groups;
  }
}

static void CountArcs(void) {
  const char *at = strstr(line, "\"arcs\":{\"gateway\":[");
  if (at == NULL) return;
  at += strlen("\"arcs\":{\"gateway\":[");
  for (arcs = 1; *at != ']' && *at != '\0'; ++at) arcs += *at == ',';
}

/* As many numbers as there are arcs, infeasible, with all their digits, written once: what it takes to read them. */
static void Flows(void) {
  static char *numbers;
  if (numbers == NULL) {
    numbers = malloc((size_t)arcs * 20 + 1);
    for (int a = 0; a < arcs; ++a) sprintf(numbers + 20 * a, "0.12345678901234567%c", a + 1 < arcs ? ',' : ' ');
  }
  const char *slot = strstr(line, "\"slot\":");
  printf("{\"slot\":%d,\"flow\":[%s", slot == NULL ? -1 : atoi(slot + 7), numbers);
  Say("]}\n");
}

/* An answer for the slot of `line`, all prices of which are `price`. */
static void Prices(const char *price) {
  const char *slot = strstr(line, "\"slot\":");
  printf("{\"slot\":%d,\"prices\":[", slot == NULL ? -1 : atoi(slot + 7));
  for (int k = 0; k < groups; ++k) {
    Say(k == 0 ? "[" : ",[");
    for (int b = 0; b < prices[k]; ++b) printf("%s%s", b == 0 ? "" : ",", price);
    Say("]");
  }
  Say("]}\n");
}

static void Flood(FILE *file, const char *text) {
  for (;;) fputs(text, file);
}

static void Memory(void) {
  for (long count = 0;; ++count) {
    char *block = malloc(1 << 20);
    if (block == NULL) abort();
    memset(block, (int)count, 1 << 20);
  }
}

static const char *const kModes[] = {"good",    "crash", "exit",   "hang", "garbage", "half",  "half-exit", "flood",
                                     "lines",   "errors", "sizes", "nan",  "negative", "slot", "late",      "close",
                                     "fork",    "stop",  "empty",  "deep", "unknown",  "both", "error",     "flows"};

static void Act(const char *mode) {
  if (strcmp(mode, "good") == 0) return Prices("1.5");
  if (strcmp(mode, "crash") == 0) {
    const struct rlimit none = {0, 0};
    setrlimit(RLIMIT_CORE, &none);
    fputs("about to crash\n", stderr);
    raise(SIGSEGV);
  }
  if (strcmp(mode, "exit") == 0) {
    fputs("Traceback: no such thing\n", stderr);
    exit(3);
  }
  if (strcmp(mode, "hang") == 0) for (;;) pause();
  if (strcmp(mode, "loop") == 0) for (volatile int x = 0;; ++x) continue;
  if (strcmp(mode, "garbage") == 0) return Say("\x01\xff\xfe{]}\n");
  if (strcmp(mode, "half") == 0) { Say("{\"slot\":0,\"pri"); for (;;) pause(); }
  if (strcmp(mode, "half-exit") == 0) { Say("{\"slot\":0,\"pri"); exit(0); }
  if (strcmp(mode, "flood") == 0) Flood(stdout, "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa");
  if (strcmp(mode, "lines") == 0) Flood(stdout, "{}\n");
  if (strcmp(mode, "errors") == 0) Flood(stderr, "what a day\n");
  if (strcmp(mode, "sizes") == 0) { ++prices[0]; Prices("1"); --prices[0]; return; }
  if (strcmp(mode, "nan") == 0) return Prices("NaN");
  if (strcmp(mode, "huge") == 0) return Prices("1e999");
  if (strcmp(mode, "negative") == 0) return Prices("-1");
  if (strcmp(mode, "slot") == 0) return Say("{\"slot\":-7,\"prices\":[]}\n");
  if (strcmp(mode, "late") == 0) { usleep(60000); return Prices("1.5"); }
  if (strcmp(mode, "close") == 0) { close(1); for (;;) pause(); }
  if (strcmp(mode, "fork") == 0) { if (fork() == 0) for (;;) pause(); exit(1); }
  if (strcmp(mode, "stop") == 0) raise(SIGSTOP);
  if (strcmp(mode, "empty") == 0) return Say("\n");
  if (strcmp(mode, "deep") == 0) { for (int k = 0; k < 100000; ++k) putchar('['); return Say("\n"); }
  if (strcmp(mode, "unknown") == 0) return Say("{\"slot\":0,\"prices\":[],\"hello\":1}\n");
  if (strcmp(mode, "both") == 0) return Say("{\"slot\":0,\"prices\":[],\"flow\":[]}\n");
  if (strcmp(mode, "error") == 0) {
    const char *slot = strstr(line, "\"slot\":");
    printf("{\"slot\":%d,\"error\":\"no idea\"}\n", slot == NULL ? -1 : atoi(slot + 7));
    return Say("");
  }
  if (strcmp(mode, "flows") == 0) return Say("{\"slot\":0,\"flow\":[0]}\n");
  if (strcmp(mode, "memory") == 0) Memory();
  if (strcmp(mode, "twice") == 0) { Prices("1"); return Prices("1"); }
  if (strcmp(mode, "echo") == 0) return Say(line);
  if (strcmp(mode, "numbers") == 0) return Flows();
  fprintf(stderr, "no mode %s\n", mode);
  exit(9);
}

int main(int count, char **words) {
  const char *mode = count > 1 ? words[1] : "good";
  unsigned state = count > 2 ? (unsigned)atoi(words[2]) : 1u;
  if (strcmp(mode, "mute") == 0) for (;;) pause();
  while (fgets(line, sizeof line, stdin) != NULL) {
    if (strcmp(mode, "echo") == 0) {
      Act(mode);
    } else if (strstr(line, "\"message\":\"start\"") != NULL) {
      const char *slot = strstr(line, "\"slot\":");
      state += 7919u * (slot == NULL ? 0u : (unsigned)atoi(slot + 7)); /* otherwise every start does the same */
      CountBuckets();
      CountArcs();
      Say("{\"protocol\": 1}\n");
    } else if (strstr(line, "\"message\":\"decide\"") != NULL) {
      state = 1664525u * state + 1013904223u;
      const unsigned modes = sizeof kModes / sizeof *kModes, drawn = (state >> 8) % (2 * modes);
      Act(strcmp(mode, "mixed") != 0 ? mode : drawn < modes ? kModes[drawn] : "good");
    }
  }
  return 0;
}
