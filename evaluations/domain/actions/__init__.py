"""The action plan (RAD KLA): what a district will do to close its gaps."""
