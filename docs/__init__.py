"""What the README and the guide show, made from the running app."""
