"""Tests that start a real Spark cluster, Sail and an S3 server on this machine: `make test-cluster`."""
