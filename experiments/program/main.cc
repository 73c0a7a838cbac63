#include "experiments/program/command.h"

int main(int argc, char** argv) { return evenkeel::RunProgram({argv, argv + argc}); }
