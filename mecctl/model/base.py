"""What all models share: frozen, unknown keys refused, camelCase in files and snake_case in Python."""

from pydantic import BaseModel, ConfigDict
from pydantic.alias_generators import to_camel


class Model(BaseModel):
    """A frozen part of the site; dump it with `by_alias=True` to get the site file's keys back."""

    # Validators are built at first use, so that importing the models costs little and one site needs only one.
    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        alias_generator=to_camel,
        populate_by_name=True,
        hide_input_in_errors=True,
        defer_build=True,
    )
