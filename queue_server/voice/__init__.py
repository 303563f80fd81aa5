"""The hall's voice: what is said (wording), when (announcer), and the sound of it (speech, clips).

Kept empty on purpose: the speech worker is started as ``python -m queue_server.voice.speech_worker`` and must not load
the rest of the server with it.
"""
