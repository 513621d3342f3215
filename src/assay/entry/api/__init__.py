"""The API: requests in JSON become one service call, and back."""
