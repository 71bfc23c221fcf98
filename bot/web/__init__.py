"""The website's files: the widget, in one line of HTML, and a page of a clinic's site to try it on."""

from bot.web.widget_files import WebFile, Widget, the_widget

__all__ = ["WebFile", "Widget", "the_widget"]
