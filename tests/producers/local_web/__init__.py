"""A web of invented news sites on one loopback port, told apart by host name, that watches how it is crawled.

`running.local_web` starts it as a process, `python -m tests.producers.local_web` by hand; see `sites` for what each host does.
"""
