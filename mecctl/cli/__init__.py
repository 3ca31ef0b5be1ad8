"""The command line: parse, call, print, exit. Nothing here decides anything about a site."""
