// What a Go program does that fetches a list: a pool of goroutines on one
// http.Client. Bodies go to stdout, or with -names what the elements of their
// arrays are called.
//
//	fetch [-p PARALLEL] [-ca FILE] [-gzip] [-names] LIST
package main

import (
	"bufio"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"flag"
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
	names    = flag.Bool("names", false, "print the names of the elements")
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
	if !*names {
		return body, nil
	}
	var elements []struct {
		Name string `json:"name"`
	}
	if err := json.Unmarshal(body, &elements); err != nil {
		return nil, err
	}
	var out []byte
	for _, element := range elements {
		out = append(append(out, element.Name...), '\n')
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
