"""The cluster half of a site: its API objects through the engine, and what the cluster says about itself."""
