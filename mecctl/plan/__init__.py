"""A plan is data: steps yield changes, `plan` prints them and `up` makes the same ones."""
