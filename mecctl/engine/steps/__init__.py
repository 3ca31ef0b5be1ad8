"""What has to happen to one object, found by asking the API server, and making it so."""
