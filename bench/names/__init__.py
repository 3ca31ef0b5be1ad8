"""Names of workloads under load: are the answers right, and how far behind readiness are they?"""
