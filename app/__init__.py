"""Where everything meets: settings, wiring, processes and the command line."""
