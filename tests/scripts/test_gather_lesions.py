"""The script gather_lesions is tested with the script whose tunes it reads, in test_generate_lesions.py."""
