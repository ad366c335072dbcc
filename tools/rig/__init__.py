"""bugglio as in production, on this machine: real servers, Firestore's emulator, a make-believe Twilio, a load."""
