"""The commands: each module has HELP, add_arguments and run; what it changes, `changes` tells."""
