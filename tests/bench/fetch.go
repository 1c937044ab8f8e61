// What a Go program does that fetches a list: a pool of goroutines on one
// http.Client. Bodies go to stdout, or with -json the members of that name.
//
//	fetch [-p PARALLEL] [-ca FILE] [-gzip] [-json NAME] LIST
package main

import (
	"bufio"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"log"
	"net/http"
	"os"
	"sync"
)

var (
	parallel = flag.Int("p", 50, "requests in flight")
	ca       = flag.String("ca", "", "certificates of the authorities")
	useGzip  = flag.Bool("gzip", false, "ask for gzip")
	member   = flag.String("json", "", "print this member of each element")
)

func newClient() *http.Client {
	transport := &http.Transport{
		MaxIdleConns:        4 * *parallel,
		MaxIdleConnsPerHost: *parallel,
		DisableCompression:  !*useGzip,
		ForceAttemptHTTP2:   true,
	}
	if *ca != "" {
		pem, err := os.ReadFile(*ca)
		if err != nil {
			log.Fatal(err)
		}
		pool := x509.NewCertPool()
		pool.AppendCertsFromPEM(pem)
		transport.TLSClientConfig = &tls.Config{RootCAs: pool}
	}
	return &http.Client{Transport: transport}
}

// selected is what is printed of a body.
func selected(body []byte) ([]byte, error) {
	if *member == "" {
		return body, nil
	}
	var elements []map[string]any
	if err := json.Unmarshal(body, &elements); err != nil {
		return nil, err
	}
	var out []byte
	for _, element := range elements {
		out = fmt.Appendln(out, element[*member])
	}
	return out, nil
}

func fetch(client *http.Client, url string) ([]byte, error) {
	answer, err := client.Get(url)
	if err != nil {
		return nil, err
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		return nil, err
	}
	return selected(body)
}

func main() {
	flag.Parse()
	list, err := os.Open(flag.Arg(0))
	if err != nil {
		log.Fatal(err)
	}
	client := newClient()
	out := bufio.NewWriterSize(os.Stdout, 65536)
	urls := make(chan string)
	var mutex sync.Mutex
	var workers sync.WaitGroup
	for i := 0; i < *parallel; i++ {
		workers.Add(1)
		go func() {
			defer workers.Done()
			for url := range urls {
				bytes, err := fetch(client, url)
				if err != nil {
					log.Fatal(err)
				}
				mutex.Lock()
				out.Write(bytes)
				mutex.Unlock()
			}
		}()
	}
	lines := bufio.NewScanner(list)
	for lines.Scan() {
		urls <- lines.Text()
	}
	close(urls)
	workers.Wait()
	out.Flush()
}
