"""For Python producers without asyncio: submit requests, get answers with their outcomes."""

from streams.client.answer import Answer
from streams.client.client import Client, Ticket

__all__ = ["Answer", "Client", "Ticket"]
