"""The report as one self-contained HTML file. Imports jinja2, so it is imported only for this format."""

from importlib.resources import files
from typing import Any

from jinja2 import Environment, FunctionLoader, StrictUndefined

from ecocli import __version__
from ecocli.core.dates import iso
from ecocli.render.report.plots import plots, stacks
from ecocli.render.report.sections import filters_text, headline, notices, period_text, sections
from ecocli.render.report.text import ELEMENT, RIGHT, SOURCE, shown, split_range, split_url
from ecocli.reports import Report, statements

TEMPLATES = files("ecocli.render") / "templates"


def html(report: Report) -> str:
    """The whole report. The template escapes all text, and control characters are shown as escapes."""
    page = _environment().get_template("report.html")
    return page.render(
        title=statements.TITLE,
        label=statements.LABEL,
        notices=notices(report),
        about={"Period": period_text(report), "Calls": filters_text(report), "Made": f"{iso(report.now_ms)} with eco {__version__}"},
        headline=headline(report),
        sections=sections(report),
        plots=plots(report),
        stacks=stacks(report),
    )


def _finalized(value: Any) -> Any:
    """Applied to every expression in a template: HTML escaping alone would keep control characters."""
    return shown(value) if type(value) is str else value


def _environment() -> Environment:
    environment = Environment(
        loader=FunctionLoader(lambda name: (TEMPLATES / name).read_text("utf-8")),
        autoescape=True,
        finalize=_finalized,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        undefined=StrictUndefined,
    )
    environment.filters |= {"shown": shown, "split_range": split_range, "split_url": split_url}
    environment.globals |= {"RIGHT": RIGHT, "SOURCE": SOURCE, "ELEMENT": ELEMENT}
    return environment
