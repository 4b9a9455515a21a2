"""Every route of the service. docs/api/openapi.yaml says the same, and a test compares them."""

from __future__ import annotations

from starlette.routing import Route

from standclear.web import (
    desks,
    events,
    evidence,
    log,
    pages,
    questions,
    reading,
    reply,
    sessions,
    statements,
)

ROUTES = (
    Route("/v1/statements", statements.submit, methods=["POST"]),
    Route("/v1/statements/batch", statements.submit_batch, methods=["POST"]),
    Route("/v1/statements/{sid}", reading.statement, methods=["GET"]),
    Route("/v1/statements/{sid}/receipt", reading.receipt, methods=["GET"]),
    Route("/v1/statements/{sid}/dossier", evidence.of_statement, methods=["GET"]),
    Route("/v1/statements/{sid}/ladders", reading.ladders, methods=["GET"]),
    Route("/v1/challenge", sessions.challenge, methods=["GET"]),
    Route("/v1/sessions", sessions.open_session, methods=["POST"]),
    Route("/v1/sessions", sessions.end_session, methods=["DELETE"]),
    Route("/v1/inbox", reading.inbox, methods=["GET"]),
    Route("/v1/inbox/head", reading.inbox_head, methods=["GET"]),
    Route("/v1/events", events.events, methods=["GET"]),
    Route("/v1/notices/{ref}", reading.notice, methods=["GET"]),
    Route("/v1/notices/{ref}/met", questions.met, methods=["GET"]),
    Route("/v1/own", reading.own, methods=["GET"]),
    Route("/v1/who-knew", reading.who_knew, methods=["POST"]),
    Route("/v1/compliance", questions.figures, methods=["GET"]),
    Route("/v1/claims", questions.held_claims, methods=["GET"]),
    Route("/v1/released", questions.released, methods=["POST"]),
    Route("/v1/copies", questions.copies, methods=["GET"]),
    Route("/v1/dossier", evidence.whole_log, methods=["GET"]),
    Route("/v1/dossier", evidence.answer, methods=["POST"]),
    Route("/v1/policy", evidence.policy, methods=["GET"]),
    Route("/v1/reply", reply.text, methods=["POST"]),
    Route("/v1/reply/style.css", reply.style, methods=["GET"]),
    Route("/v1/reply/{code}", reply.page, methods=["GET"]),
    Route("/v1/reply/{code}", reply.answer, methods=["POST"]),
    Route("/v1/parties", reading.parties, methods=["GET"]),
    Route("/v1/arrangements", reading.arrangements, methods=["GET"]),
    Route("/v1/desks", desks.desks, methods=["GET"]),
    Route("/v1/log", log.description, methods=["GET"]),
    Route("/v1/consistency", log.consistency, methods=["GET"]),
    Route("/checkpoint", log.checkpoint, methods=["GET"]),
    Route("/tile/{rest:path}", log.tile, methods=["GET"]),
    Route("/health", pages.health, methods=["GET"]),
    Route("/metrics", pages.metrics, methods=["GET"]),
    Route("/openapi.json", pages.openapi, methods=["GET"]),
    Route("/", pages.page, methods=["GET"]),
)
