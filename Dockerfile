# bugglio on a machine of your own, with its state in a SQLite file under /data (docs/homes.md):
#   docker build -t bugglio .
#   docker run -d --name bugglio --restart=unless-stopped -p 127.0.0.1:8080:8080 -v bugglio:/data --env-file bugglio.env bugglio
FROM python:3.13.5-slim

WORKDIR /app
COPY requirements.txt ./
RUN pip install --no-cache-dir --require-hashes -r requirements.txt
COPY bugglio ./bugglio
RUN python -m compileall -q bugglio \
    && useradd --system --uid 10001 --no-create-home bugglio \
    && install -d -m 0700 -o bugglio -g bugglio /data

USER bugglio
VOLUME /data
EXPOSE 8080
ENV PYTHONUNBUFFERED=1
HEALTHCHECK --interval=60s --timeout=10s --start-period=20s \
    CMD ["python", "-c", "from urllib.request import urlopen; urlopen('http://127.0.0.1:8080/health', timeout=8)"]
CMD ["python", "-m", "bugglio", "run", "--host", "0.0.0.0", "--port", "8080", "--data", "/data"]
