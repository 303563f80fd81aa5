"""What the public sees: kiosk, boards, signs, the phone page, the start page, and the display without a screen."""
