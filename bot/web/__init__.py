"""The website's files: the widget, in one line of HTML, and a page of a clinic's site to try it on."""

from bot.web.widget_files import CHANNEL, WebFile, Widget, the_widget

__all__ = ["CHANNEL", "WebFile", "Widget", "the_widget"]
